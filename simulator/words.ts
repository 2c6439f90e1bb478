/** Names for people and things, in many scripts on purpose: what breaks an encoding breaks here. */

export const firstNames = [
  'Ada',
  'Björn',
  'Chloé',
  'Dmitri',
  'Émile',
  'Fatima',
  'Grace',
  'Hiroshi',
  'İpek',
  'João',
  'Katarzyna',
  'Łukasz',
  'Mónica',
  'Niamh',
  'Øyvind',
  'Priya',
  'Quang',
  'Renée',
  'Søren',
  'Tomás',
  '美咲',
  '伟',
  '지민',
  'Юлия',
  'Νίκος',
  'محمد',
  'שרה',
  'आरव',
  'Ṣadé',
  'Zoë',
] as const;

export const lastNames = [
  'Andersson',
  'Brontë',
  'Castañeda',
  "D'Angelo",
  'Eriksen',
  'Fernández-Núñez',
  'Goldberg',
  'Hopper',
  'Ito',
  'Jónsdóttir',
  'Kowalczyk',
  'Lovelace',
  'Müller',
  'Nguyễn',
  'O’Brien',
  'Petrov',
  'Quispe',
  'Rossi',
  'Şahin',
  '田中',
  '王',
  '김',
  'Иванова',
  'Παπαδόπουλος',
  'الفاسي',
  'כהן',
  'शर्मा',
  'Weiß',
  'Yılmaz',
  'Žižek',
] as const;

export const projectNames = [
  'Website relaunch',
  'Q3 planning',
  'Onboarding 🚀',
  '顧客調査',
  'Presupuesto 2026',
  'مشروع الترجمة',
  'Datenschutz: Prüfung',
  'Bug triage',
  'Hiring',
  'Incident 7 – follow-up',
  'פרויקט חדש',
  'Réunion d’équipe',
] as const;

const taskNames = [
  'Review the contract',
  'Update "pricing" page',
  'Call back\tlater',
  'Écrire le rapport',
  '修复登录错误',
  'Ship it 🎉👩🏽‍💻',
  'C:\\temp\\notes',
  'Buy coffee ☕',
  'مراجعة الميزانية',
  '회의록 정리',
  'Renew certificates',
  'Plan <offsite> & agenda',
  'Zero\u200bwidth',
  'Line one\nline two',
  'Follow up',
  '',
] as const;

export const browsers = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
] as const;

export const phones = [
  'Asana/8.41.0 (iPhone; iOS 26.0; Scale/3.00)',
  'Asana/8.40.2 (Android 16; Pixel 10 Pro) okhttp/5.1.0',
] as const;

export const apps = [
  'Slack',
  'Zapier',
  'Power BI',
  'Jira Cloud',
  'Tableau – Données',
  'カレンダー連携',
] as const;

export const settings = [
  'strict',
  'everyone',
  'admins_only',
  '30 days',
  '',
  'off',
  'Private to members',
  '任意',
] as const;

/** Names of tasks, files, messages: some empty, some long. */
export const thingNames: readonly string[] = taskNames.flatMap((task) =>
  task === '' ? [task] : projectNames.map((project) => `${task} – ${project}`),
);
