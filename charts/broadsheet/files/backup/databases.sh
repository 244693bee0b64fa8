# Dumps each service's database in PostgreSQL's custom format, then deletes dumps older than KEEP_DAYS.
set -eu
stamp=$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p /backups/databases
for service in auth blog media; do
  url=$(cat "/run/secrets/broadsheet/$(echo $service | tr '[:lower:]' '[:upper:]')_DATABASE_URL")
  target=/backups/databases/$service-$stamp.dump
  pg_dump --format=custom --no-owner --file "$target.part" "$url"
  mv "$target.part" "$target"
  echo "$service: $(wc -c <"$target") bytes in $target"
done
find /backups/databases -name '*.dump' -mtime "+$KEEP_DAYS" -delete
