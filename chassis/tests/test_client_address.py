import pytest
from chassis.client_address import Header, TrustedProxies, address, networks
from chassis.settings import SettingsError

CLIENT, CLIENT6 = "203.0.113.7", "2001:db8::7"
PROXY = "10.0.0.1"
TRUSTED = networks("10.0.0.0/8, fd00::/8", "TRUSTED")


def client(*lines: str, peer: str = PROXY, header: Header = "X-Forwarded-For") -> str:
    return TrustedProxies(TRUSTED, header).client(peer, lines)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (CLIENT, CLIENT),
        (f" {CLIENT}\t", CLIENT),
        (f"{CLIENT}:51234", CLIENT),
        (f"{CLIENT}:_hidden", CLIENT),
        (f'"{CLIENT}:51234"', CLIENT),
        ("2001:DB8:0::7", CLIENT6),
        (f"[{CLIENT6}]", CLIENT6),
        (f"[{CLIENT6}]:51234", CLIENT6),
        (f'"[{CLIENT6}]:51234"', CLIENT6),
        (f'"\\[{CLIENT6}\\]"', CLIENT6),
        ("fe80::7%eth0", "fe80::7"),
        ("[fe80::7%25eth0]:80", "fe80::7"),
        (f"::ffff:{CLIENT}", CLIENT),
        ("::FFFF:cb00:7107", CLIENT),
        (f"[::ffff:{CLIENT}]:443", CLIENT),
    ],
)
def test_address_is_the_same_however_it_is_written(written: str, meant: str) -> None:
    assert str(address(written)) == meant


NO_ADDRESS = [
    "unknown",
    "_gazonk",
    "",
    "-",
    "1.2.3",
    "1.2.3.4.5",
    "010.0.0.1",
    "1.2.3.4:",
    "1.2.3.4:port",
    "[::1",
    "::1]",
]
NO_ADDRESS += [
    "1.2.3.4:123456",
    "1.2.3.4%eth0",
    "256.1.1.1",
    "example.com",
    "1.2.3.4 5.6.7.8",
    '"',
    '""',
    "unix:",
    "::g",
]


@pytest.mark.parametrize("written", NO_ADDRESS)
def test_what_is_no_address_is_none(written: str) -> None:
    assert address(written) is None


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        ([CLIENT], CLIENT),
        ([f"{CLIENT}, 10.0.0.5"], CLIENT),
        ([CLIENT, "10.0.0.5"], CLIENT),
        ([f"1.1.1.1, {CLIENT}", "10.0.0.5, 10.0.0.6", "fd00::5"], CLIENT),
        ([f"1.1.1.1, {CLIENT}"], CLIENT),
        (["1.1.1.1", CLIENT], CLIENT),
        ([f"{CLIENT}, 10.0.0.5:443, [fd00::5]:443, ::ffff:10.0.0.6"], CLIENT),
        ([f"1.1.1.1, ::ffff:{CLIENT}, 10.0.0.5"], CLIENT),
        ([f", {CLIENT},, 10.0.0.5 ,", ""], CLIENT),
        (["10.0.0.9, 10.0.0.5"], "10.0.0.9"),
        ([], PROXY),
        (["unknown"], PROXY),
        (["1.1.1.1, unknown, 10.0.0.5"], "10.0.0.5"),
        ([CLIENT, "nonsense"], PROXY),
    ],
)
def test_list_is_believed_from_its_end_up_to_the_first_stranger(lines: list[str], right: str) -> None:
    assert client(*lines) == right


def test_a_stranger_is_not_believed_and_a_peer_without_address_is_told_as_it_is() -> None:
    assert client("1.1.1.1", peer=CLIENT) == CLIENT
    assert client("1.1.1.1", peer="") == ""
    assert TrustedProxies(()).client(f"::ffff:{CLIENT}", ["1.1.1.1"]) == CLIENT


@pytest.mark.parametrize("peer", ["::ffff:10.0.0.1", "[10.0.0.1]:80", "fd00::1%eth0"])
def test_peer_is_trusted_however_its_address_is_written(peer: str) -> None:
    assert client(CLIENT, peer=peer) == CLIENT


def test_networks_may_be_written_as_ipv6_too() -> None:
    written = networks("::ffff:10.0.0.0/104,::ffff:192.0.2.1", "TRUSTED")
    assert [str(network) for network in written] == ["10.0.0.0/8", "192.0.2.1/32"]
    assert TrustedProxies(written).trusts("10.1.2.3")
    assert not TrustedProxies(networks("::/0", "TRUSTED")).trusts("10.1.2.3")


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "proxy.example", "10.0.0.0/33", "10.0.0.0/8 fd00::/8"])
def test_wrong_network_is_a_sentence_with_the_setting(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"^TRUSTED: .*write networks like"):
        networks(wrong, "TRUSTED")


@pytest.mark.parametrize(
    ("lines", "right"),
    [
        ([f"for={CLIENT}"], CLIENT),
        ([f"For={CLIENT};proto=https;by=10.0.0.1"], CLIENT),
        ([f'proto=http; FOR="{CLIENT}:4711" ; host="a;b"'], CLIENT),
        ([f'for="[{CLIENT6}]:4711"'], CLIENT6),
        ([f'for=1.1.1.1, for="[::ffff:{CLIENT}]", for=10.0.0.5'], CLIENT),
        ([f"for=1.1.1.1, for={CLIENT}", "for=10.0.0.5;by=10.0.0.1"], CLIENT),
        ([f'for=", for={CLIENT}'], CLIENT),
        ([f'for=1.1.1.1;x=", for="{CLIENT}"'], CLIENT),
        (["for=1.1.1.1, for=unknown"], PROXY),
        (["for=1.1.1.1, for=_hidden, for=10.0.0.5"], "10.0.0.5"),
        (["for=1.1.1.1, proto=https"], PROXY),
        (["for=1.1.1.1;for=2.2.2.2"], PROXY),
        (['host="a, for=1.1.1.1"'], PROXY),
        (['host="for=1.1.1.1"'], PROXY),
        ([CLIENT], PROXY),
        (["for=1.1.1.1, for"], PROXY),
    ],
)
def test_forwarded_is_read_by_its_grammar(lines: list[str], right: str) -> None:
    assert client(*lines, header="Forwarded") == right
