const NAME = '[A-Za-z][A-Za-z0-9_-]*';
const PATH = new RegExp(`^${NAME}(?:\\.${NAME}){0,9}$`);

/** Names of properties from the event inwards, with dots between them: `actor.email`. An array on the way stands for each of its elements. */
export const isFieldPath = (text: string): boolean => PATH.test(text);

/** Whether `path` is `outer`, or lies within it. */
export const isWithin = (path: string, outer: string): boolean =>
  path === outer || path.startsWith(`${outer}.`);
