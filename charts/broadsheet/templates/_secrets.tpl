{{/*
The keys of each service's Secret: without a required one no pod of the service starts; the optional ones switch something on.
`make test` compares this table with the services' settings.
*/}}
{{- define "broadsheet.secretKeys" -}}
auth:
  required: [AUTH_DATABASE_URL, AUTH_SECRET_KEY, AUTH_KEY_ENCRYPTION_KEY, AUTH_CLIENT_DIGESTS, EVENTS_URL, JOBS_URL]
  optional: [AUTH_MAIL_URL, CACHE_URL, EVENTS_MANAGEMENT_URL, LOG_HASH_KEY, SENTRY_DSN, SERVICE_TOKEN]
blog:
  required: [BLOG_DATABASE_URL, BLOG_SECRET_KEY, BLOG_CLIENT_SECRET, EVENTS_URL, JOBS_URL]
  optional: [CACHE_URL, EVENTS_MANAGEMENT_URL, LOG_HASH_KEY, SENTRY_DSN, SERVICE_TOKEN]
gateway:
  required: [GATEWAY_CLIENT_SECRET, EVENTS_URL]
  optional: [CACHE_URL, EVENTS_MANAGEMENT_URL, JOBS_URL, LOG_HASH_KEY, SENTRY_DSN, SERVICE_TOKEN]
media:
  required: [MEDIA_DATABASE_URL, MEDIA_CLIENT_SECRET, EVENTS_URL, JOBS_URL]
  optional: [MEDIA_S3_SECRET_ACCESS_KEY, CACHE_URL, EVENTS_MANAGEMENT_URL, LOG_HASH_KEY, SENTRY_DSN, SERVICE_TOKEN]
{{- end -}}
