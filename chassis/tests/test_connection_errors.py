"""What servers say when they refuse is told in their words; nothing else of an error is."""

import pytest
from chassis.connection_errors import describe
from chassis.events.transports import TransportLost
from chassis.events.transports.amqp_connection import AmqpConnection

S3 = (
    "Error performing PUT http://store/pictures/k: 403 Forbidden: <?xml?><Error><Code>SignatureDoesNotMatch</Code>"
    "<Message>The request signature</Message><StringToSign>AWS4-HMAC-SHA256</StringToSign></Error>"
)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            OSError('connection failed: FATAL:  database "x" does not exist'),
            'refuses: database "x" does not exist',
        ),
        (PermissionError(S3), "refuses: SignatureDoesNotMatch"),
        (ConnectionError("amqp://alice:hunter2@broker"), "does not answer (ConnectionError)"),
    ],
)
def test_a_reason_is_the_server_s_own_word_for_it(error: Exception, sentence: str) -> None:
    assert describe(error) == sentence


def test_rabbitmq_says_why_it_lets_nobody_in(rabbitmq_url: str) -> None:
    user, place = rabbitmq_url.removeprefix("amqp://").partition("@")[::2]
    with pytest.raises(TransportLost) as lost:
        AmqpConnection(f"amqp://{user.partition(':')[0]}:sesame@{place}", "tests")
    assert describe(lost.value).startswith("refuses: ACCESS_REFUSED - Login was refused")
    assert "sesame" not in str(lost.value)
