{{/*
Who may call whom; all else is refused. Left a component, `test` (helm test's pods), `backup`, or a neighbour outside the release
(edge, monitoring); right a component or a neighbour. NetworkPolicies are rendered from this table alone, and `make test` compares it
with the neighbours that the services' code uses.
*/}}
{{- define "broadsheet.edges" -}}
edge: [gateway]
test: [gateway]
gateway: [rabbitmq, redis, auth-web, blog-web, media-web]
auth-web: [postgresql, rabbitmq, redis, media-web]
auth-worker: [postgresql, rabbitmq, redis, mail, media-web]
auth-beat: [rabbitmq]
auth-relay: [postgresql, rabbitmq]
auth-consumer: [postgresql, rabbitmq]
blog-web: [postgresql, rabbitmq, redis, auth-web, media-web]
blog-worker: [postgresql, rabbitmq, redis, auth-web, media-web, webhooks]
blog-beat: [rabbitmq]
blog-relay: [postgresql, rabbitmq]
blog-consumer: [postgresql, rabbitmq, redis, auth-web, media-web]
media-web: [postgresql, rabbitmq, objectStore, auth-web]
media-worker: [postgresql, rabbitmq, objectStore, auth-web, blog-web]
media-beat: [rabbitmq]
media-relay: [postgresql, rabbitmq]
media-consumer: [postgresql, rabbitmq]
backup: [postgresql, objectStore]
{{- end -}}
