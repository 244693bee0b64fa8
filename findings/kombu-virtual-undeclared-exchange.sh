#!/bin/bash
# kombu 5.7.0, filesystem transport: a message that is published to a topic or fanout exchange which another process has
# declared and bound is dropped, without an error, a warning or a return, though mandatory=True; a direct exchange works.
# Bindings are shared through the folder, but what kind an exchange is each process knows only of those that it declared
# itself, and takes the others for direct ones. A broker of AMQP would deliver it, or close the channel with 404 where
# there is no such exchange. Output seen (messages in the queue):
#   direct: published without declaring 1, declared again 1
#   topic: published without declaring 0, declared again 1
#   fanout: published without declaring 0, declared again 1
# So declare the exchange in every process that publishes to it: Producer(..., exchange=Exchange(...)) does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kombu==5.7.0
cat > "$folder/step.py" <<'PYTHON'
import sys
import warnings

from kombu import Connection, Exchange, Producer, Queue

warnings.simplefilter("error")
folder, kind, step = sys.argv[1:]
options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": folder + "/control"}
exchange = Exchange("news", type=kind)
queue = Queue("news", exchange, routing_key={"direct": "a.b", "topic": "a.#", "fanout": ""}[kind])
with Connection("filesystem://", transport_options=options) as connection:
    channel = connection.channel()
    if step == "bind":
        queue(channel).declare()
    elif step == "count":
        print(channel.queue_declare("news", passive=True).message_count)
    else:
        if step == "declare-and-publish":
            exchange(channel).declare()
        Producer(channel).publish("words", exchange="news", routing_key="a.b", mandatory=True)
PYTHON
count() { # KIND STEP: how many messages are in the queue when the step was taken in a process of its own
    data=$(mktemp -d -p "$folder")
    for step in bind "$2" count; do "$folder/venv/bin/python" "$folder/step.py" "$data" "$1" "$step"; done
}
for kind in direct topic fanout; do
    said="$kind: published without declaring $(count "$kind" publish), declared again $(count "$kind" declare-and-publish)"
    echo "$said"
    case $said in
        "direct: published without declaring 1, declared again 1") ;;
        "topic: published without declaring 0, declared again 1") ;;
        "fanout: published without declaring 0, declared again 1") ;;
        *) echo "the behaviour has changed" >&2; exit 1 ;;
    esac
done
