#!/usr/bin/env bash
# make test-containers where no image hub can be reached: on an engine with stand-ins for the vendors' images, which the folder shared/
# beside the checkout may have. Without that it is left to `make test-containers` itself, and so to the Docker that may be here.
# Where the engine cannot be had, one line says so, and that is no failure, unless REQUIRE_ENGINE is set.
set -euo pipefail
cd "$(dirname "$0")/.."

shared=../shared/docker

skip() {
  if [ -n "${REQUIRE_ENGINE:-}" ]; then
    echo "test-containers: $*, and REQUIRE_ENGINE is set" >&2
    exit 1
  fi
  echo "test-containers: skipped, $*"
  exit 0
}

if [ ! -f "$shared/engine" ]; then
  make test-containers
  exit
fi
# A copy that can be written to: the folder may have been laid without write bits, the files of the stand-ins then have none either, and
# its Kafka cannot write its own settings.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r "$shared/." "$folder"
chmod -R u+w "$folder"
engine() { bash "$folder/engine" "$@"; }

environment=$(engine up) || skip "$shared/engine does not start"
trap 'engine down; rm -rf "$folder"' EXIT
eval "$environment"
engine images node kafka apicurio prometheus || skip "$shared/engine cannot make the images"
engine compose || skip "$shared/engine cannot make docker compose"
make test-containers
