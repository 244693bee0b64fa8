# Puts dumps into the three databases. What is in them goes first, all of it: a table that only a newer version has would stay, and its
# migration would fail on it. Usage: sh -s [TIME]      the newest dump of each service, or that of a TIME such as 20261123T220214Z
set -eu
newest() { ls "/backups/databases/$1-"${2:-*}.dump | tail -n 1; }
for service in auth blog media; do
  pg_restore --list "$(newest $service "$@")" >/dev/null   # all can be read, or nothing is touched
done
for service in auth blog media; do
  url=$(cat "/run/secrets/broadsheet/$(echo $service | tr '[:lower:]' '[:upper:]')_DATABASE_URL")
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --command 'SET client_min_messages = warning' \
    --command 'DROP SCHEMA public CASCADE' --command 'CREATE SCHEMA public' "$url"
  pg_restore --no-owner --exit-on-error --dbname "$url" "$(newest $service "$@")"
  echo "$service: restored $(newest $service "$@")"
done
