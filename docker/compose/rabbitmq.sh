#!/bin/sh
# Starts RabbitMQ with an account per service. Their passwords come from the container's environment; what each account may do
# comes from rabbitmq.json, at every start, so an installation from before accounts gets them too.
set -eu
umask 077
sed -e "s/\${RABBITMQ_PASSWORD}/$RABBITMQ_PASSWORD/" \
  -e "s/\${AUTH_RABBITMQ_PASSWORD}/$AUTH_RABBITMQ_PASSWORD/" \
  -e "s/\${BLOG_RABBITMQ_PASSWORD}/$BLOG_RABBITMQ_PASSWORD/" \
  -e "s/\${MEDIA_RABBITMQ_PASSWORD}/$MEDIA_RABBITMQ_PASSWORD/" \
  -e "s/\${GATEWAY_RABBITMQ_PASSWORD}/$GATEWAY_RABBITMQ_PASSWORD/" /broadsheet/rabbitmq.json >/var/lib/rabbitmq/definitions.json
chown rabbitmq /var/lib/rabbitmq/definitions.json
exec docker-entrypoint.sh rabbitmq-server
