#!/usr/bin/env bash
# Brings one part of the tool chain into the checkout's ignored folders: setup.sh preconditions | npm | kafka | registry.
# `make setup` calls it for the parts whose stamp is missing or older than what the part is made from.
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

# Runs a command with its output in the log; a failure is tried once more, because most are the network's.
attempt_twice() {
  mkdir -p .cache
  heartbeat &
  local beat=$!
  # shellcheck disable=SC2064 # the pid of now
  trap "kill $beat 2>/dev/null || true" EXIT
  if ! "$@" >"$log" 2>&1; then
    say "  failed, trying once more (output in $log)"
    if ! "$@" >"$log" 2>&1; then
      tail -n 20 "$log" >&2
      fail "that failed twice; the whole output is in $log. Is the network (or its mirror settings) all right?"
    fi
  fi
  kill "$beat" 2>/dev/null || true
  trap - EXIT
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

fetch_kafka() {
  rm -rf .cache/kafka.partial
  maven -f dev/kafka/pom.xml "$dependency_plugin:copy-dependencies" \
    -DincludeScope=runtime -DoutputDirectory="$PWD/.cache/kafka.partial/libs"
}

install_kafka() {
  if is_current dev/kafka/pom.xml .cache/kafka/.complete; then return; fi
  say "fetching Apache Kafka from Maven (55 MB)"
  attempt_twice fetch_kafka
  cp dev/kafka/pom.xml .cache/kafka.partial/.complete
  publish .cache/kafka.partial .cache/kafka
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

case $1 in
  preconditions) check_preconditions ;;
  npm) install_npm ;;
  kafka) install_kafka ;;
  registry) install_registry ;;
  *) fail "unknown part: $1" ;;
esac
