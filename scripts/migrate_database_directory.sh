#!/bin/sh
# The three arguments of the first release, for `neurond migrate`: OLD and NEW directory, and an index.
if [ "$#" -ne 3 ]; then
  echo "usage: $0 OLD NEW INDEX" >&2
  exit 1
fi
exec "$(dirname "$0")/../apps/cli/bin/neurond.mjs" migrate --from "$1" --to "$2" --index "$3" --verify
