#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Cleans up behind a process, however that ends (SIGKILL included): its end closes our stdin.
# Groups get REAPER_ROUNDS fifths of a second to end by themselves.
# Lines: "+group PGID", "-group PGID", "+folder PATH".
trap '' INT TERM HUP
groups=
folders=
while IFS=' ' read -r kind what; do
  case $kind in
    +group) groups="$groups $what" ;;
    -group)
      kept=
      for group in $groups; do [ "$group" = "$what" ] || kept="$kept $group"; done
      groups=$kept
      ;;
    +folder)
      folders="$folders$what
"
      ;;
  esac
done

any_alive() {
  for group in $groups; do
    kill -0 "-$group" 2>/dev/null && return 0
  done
  return 1
}
for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
rounds=0
while any_alive && [ $rounds -lt "${REAPER_ROUNDS:-50}" ]; do
  sleep 0.2
  rounds=$((rounds + 1))
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
printf '%s' "$folders" | while IFS= read -r folder; do rm -rf "$folder"; done
