#!/usr/bin/env bash
# Brings one part of the tool chain into the checkout's ignored folders:
# setup.sh preconditions | npm | kafka | registry | prometheus | kafka-streams | flink-sql.
# `make setup` calls it for the parts whose stamp is missing or older than what the part is made from, `make examples` for the last two.
# Written for bash 3.2, the one on a Mac.
set -euo pipefail
cd "$(dirname "$0")/.."

dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.8.1
log=.cache/setup-$1.log

# npm ends by itself on Ctrl-C, which is no failure to try again.
trap 'exit 130' INT TERM

say() { printf 'setup: %s\n' "$*"; }

fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

# java of JAVA_HOME, as Maven and dev/java.ts choose it
java_command() {
  if [ -n "${JAVA_HOME:-}" ]; then printf '%s' "$JAVA_HOME/bin/java"; else printf java; fi
}

check_preconditions() {
  local java version major
  java=$(java_command)
  version=$("$java" -version 2>&1 | sed -n 's/.*version "\([^"]*\)".*/\1/p' | head -n 1) || true
  [ -n "$version" ] || fail "$java does not run: install a Java of version 17 or later (or point JAVA_HOME at one)"
  major=${version%%[!0-9]*}
  [ "$major" -ge 17 ] || fail "$java is version $version, but Kafka needs 17 or later: install one or point JAVA_HOME at one"
  command -v mvn >/dev/null || fail "mvn is not on the PATH: install Maven 3.8 or later (it fetches Kafka and the schema registry)"
  command -v node >/dev/null || fail "node is not on the PATH: install any Node with npm (npm then fetches the Node 24 that is used)"
  command -v npm >/dev/null || fail "npm is not on the PATH: install it beside node"
}

# Says that it is still alive: on a slow line a download takes minutes without a word.
heartbeat() {
  local seconds=0
  # The sleep outlives a killed heartbeat, so it must not hold the output open.
  while sleep 10 >/dev/null 2>&1; do
    seconds=$((seconds + 10))
    say "  still at it after $seconds s"
  done
}

# Runs a command with its output in the log; gives its status.
logged() {
  mkdir -p .cache
  heartbeat &
  local beat=$! status=0
  # shellcheck disable=SC2064 # the pid of now
  trap "kill $beat 2>/dev/null || true" EXIT
  "$@" >"$log" 2>&1 || status=$?
  kill "$beat" 2>/dev/null || true
  trap - EXIT
  return "$status"
}

# A failure is tried once more, because most are the network's.
attempt_twice() {
  if logged "$@"; then return; fi
  say "  failed, trying once more (output in $log)"
  if logged "$@"; then return; fi
  tail -n 20 "$log" >&2
  fail "that failed twice; the whole output is in $log. Is the network (or its mirror settings) all right?"
}

maven() { mvn -B -q -U -Dmaven.repo.local="$PWD/.cache/m2" "$@"; }

# A stamp is a copy of the file that says what is to be installed: a new time alone, as after a checkout, installs nothing.
is_current() {
  cmp -s "$1" "$2" && touch "$2"
}

# Whatever is seen under the final name is whole: an interrupted download only leaves a folder that the next run removes.
publish() {
  rm -rf "$2"
  mv "$1" "$2"
}

install_npm() {
  if is_current package-lock.json node_modules/.complete; then return; fi
  say "installing npm packages, Node 24 among them (about 10 s)"
  attempt_twice npm ci --cache .cache/npm --loglevel=error
  local node=node_modules/.bin/node
  [ -x "$node" ] || node=node
  local major
  major=$("$node" -p 'process.versions.node.split(".")[0]') || fail "$node does not run on this machine: install Node 24 or later"
  [ "$major" -ge 24 ] || fail "npm has no Node 24 for this platform here: install Node 24 or later yourself, then make setup again"
  cp package-lock.json node_modules/.complete
}

fetch_jars() {
  rm -rf ".cache/$2.partial"
  maven -f "$1" "$dependency_plugin:copy-dependencies" \
    -DincludeScope=runtime -DoutputDirectory="$PWD/.cache/$2.partial/libs"
}

# install_jars POM NAME WHAT: all that the POM names, into .cache/NAME/libs
install_jars() {
  if is_current "$1" ".cache/$2/.complete"; then return; fi
  say "fetching $3"
  attempt_twice fetch_jars "$1" "$2"
  cp "$1" ".cache/$2.partial/.complete"
  publish ".cache/$2.partial" ".cache/$2"
}

fetch_registry() {
  rm -rf .cache/registry.partial
  # The markers say what is unpacked already, so they must vanish together with it.
  maven -f dev/registry/pom.xml "$dependency_plugin:unpack-dependencies" \
    -DoutputDirectory="$PWD/.cache/registry.partial" \
    -DmarkersDirectory="$PWD/.cache/registry.partial/.markers"
}

install_registry() {
  if is_current dev/registry/pom.xml .cache/registry/.complete; then return; fi
  say "fetching the schema registry (Apicurio) from Maven (130 MB)"
  attempt_twice fetch_registry
  cp dev/registry/pom.xml .cache/registry.partial/.complete
  publish .cache/registry.partial .cache/registry
}

# Prometheus can be done without, so nobody waits long for it.
apt_get() {
  apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=2 -o Acquire::http::Timeout=20 "$@"
}

# With package lists of its own: a bare machine has none, and those of the machine are not ours to change.
apt_get_own_lists() {
  mkdir -p lists/partial archives/partial
  apt_get -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/archives" "$@"
}

# The pinned version; or the one that apt has, because an archive drops a version when it has a newer one.
download_prometheus() {
  local version=$1
  apt_get download "prometheus=$version" && return
  apt_get_own_lists update || return 1
  apt_get_own_lists download "prometheus=$version" || apt_get_own_lists download prometheus
}

# Debian's Prometheus has the scripts of its web pages in packages of their own. It works without them, but looks bare.
download_web_scripts() {
  local get=apt_get
  if [ -d lists ]; then get=apt_get_own_lists; fi
  "$get" download libjs-bootstrap4 libjs-eonasdan-bootstrap-datetimepicker libjs-jquery libjs-jquery-hotkeys libjs-moment \
    libjs-moment-timezone libjs-mustache libjs-popper.js libjs-rickshaw libjs-d3 fonts-glyphicons-halflings || true
}

# Unpacks the packages without installing them, which needs no root.
fetch_prometheus() {
  local version folder=.cache/prometheus.partial
  version=$(cat dev/prometheus/version)
  mkdir -p "$folder/download"
  (cd "$folder/download" && download_prometheus "$version" && download_web_scripts) || return 1
  local package
  for package in "$folder"/download/*.deb; do dpkg-deb -x "$package" "$folder" || return 1; done
  # Time zones in every form there is, 200 MB, of which the pages use one that is elsewhere.
  rm -rf "$folder/download" "$folder/usr/share/javascript/moment-timezone/data"
  "$folder/usr/bin/promtool" --version
}

# The only part that a machine may lack: what needs it is then skipped, so that the rest works.
install_prometheus() {
  if is_current dev/prometheus/version .cache/prometheus/.complete; then return; fi
  rm -rf .cache/prometheus.partial
  if command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null; then
    say "fetching Prometheus with apt, into .cache alone (22 MB)"
    logged fetch_prometheus || rm -rf .cache/prometheus.partial
  fi
  mkdir -p .cache/prometheus.partial
  if [ ! -x .cache/prometheus.partial/usr/bin/promtool ] && ! { command -v prometheus && command -v promtool; } >/dev/null; then
    say "no Prometheus from apt or on the PATH: the tests of rules and dashboard are skipped, and the demo goes without" \
      "(install prometheus and promtool to have both)"
  fi
  cp dev/prometheus/version .cache/prometheus.partial/.complete
  publish .cache/prometheus.partial .cache/prometheus
}

case $1 in
  preconditions) check_preconditions ;;
  npm) install_npm ;;
  kafka) install_jars dev/kafka/pom.xml kafka "Apache Kafka from Maven (55 MB)" ;;
  registry) install_registry ;;
  prometheus) install_prometheus ;;
  kafka-streams) install_jars examples/kafka-streams/pom.xml kafka-streams "Kafka Streams from Maven (100 MB)" ;;
  flink-sql) install_jars examples/flink-sql/pom.xml flink-sql "Flink from Maven (160 MB)" ;;
  *) fail "unknown part: $1" ;;
esac
