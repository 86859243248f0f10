"""The proxy we offer, run for real in front of a server that writes down what reaches it."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

CONF = Path(__file__).parents[2] / "docker" / "nginx.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")

pytestmark = pytest.mark.skipif(
    not NGINX or not shutil.which("openssl"), reason="nginx or openssl is not installed (apt install nginx-light)"
)


@dataclass
class Proxy:
    """A running nginx, and what got through it."""

    port: int
    folder: Path
    reached: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> int:
        """The status of one request, its path sent byte for byte."""
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=10)
        connection.putrequest("GET", path, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        response = connection.getresponse()
        response.read()
        connection.close()
        return response.status

    @property
    def log(self) -> str:
        """All that nginx wrote, access and errors."""
        return "".join(file.read_text() for file in sorted(self.folder.glob("*.log")))


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("nginx")
    behind = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    found = Proxy(_free_port(), folder)
    behind.RequestHandlerClass = _writing_down(found)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    _write_configuration(folder, found.port, behind.server_port)
    command = [str(NGINX), "-p", str(folder), "-c", "main.conf", "-e", "start.err"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    with subprocess.Popen(command) as process:
        try:
            _wait_for(found.port)
            yield found
        finally:
            process.terminate()
            behind.shutdown()
            behind.server_close()


def _writing_down(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Behind(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            proxy.reached.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Behind


def _write_configuration(folder: Path, port: int, behind: int) -> None:
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=carte.example.org", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    text = CONF.read_text()
    for ours, theirs in {
        "/etc/ssl/mig-idg/fullchain.pem": str(certificate),
        "/etc/ssl/mig-idg/privkey.pem": str(key),
        "/var/log/nginx/": f"{folder}/",
        "127.0.0.1:5000": f"127.0.0.1:{behind}",
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen [::]:443 ssl http2;": "",
        "listen 80;": f"listen unix:{folder}/80.sock;",
        "listen [::]:80;": "",
    }.items():
        assert ours in text
        text = text.replace(ours, theirs)
    (folder / "mig-idg.conf").write_text(text)
    (folder / "main.conf").write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log start.err crit;"
        f"events {{}} http {{ client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;"
        f"uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; include {folder}/mig-idg.conf; }}"
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.02)
    raise AssertionError("nginx did not start")


def test_a_request_arrives_byte_for_byte(proxy: Proxy) -> None:
    assert proxy.get("/collections/adresses/items?nom=rue%20de%20l%27%C3%89glise&bbox=2.1,48.8,2.3,48.9") == 200
    assert proxy.reached[-1][0] == "/collections/adresses/items?nom=rue%20de%20l%27%C3%89glise&bbox=2.1,48.8,2.3,48.9"


def test_no_header_says_who_somebody_is(proxy: Proxy) -> None:
    forged = ["X_Forwarded_User", "X_Remote_User", "Remote_User", "X_Auth_Request_User", "Forwarded", "X_Real_IP",
              "X_Original_URL", "X_Rewrite_URL", "X_Forwarded_Host", "X_HTTP_Method_Override"]  # fmt: skip
    proxy.get("/", **dict.fromkeys(forged, "mallory"), X_Forwarded_For="10.0.0.1", Authorization="Bearer kept")
    arrived = proxy.reached[-1][1]
    assert "mallory" not in arrived.values()
    assert arrived["x-forwarded-for"] == "127.0.0.1"
    assert arrived["authorization"] == "Bearer kept"


@pytest.mark.parametrize(
    "path",
    ["/collections//pcrs", "/collections/adresses%2f..%2fpcrs", "/collections/%2e%2e/pcrs", "/collections/../pcrs",
     "/collections/./pcrs", "/collections/pcrs;x=1", "/collections\\pcrs", "/collections/pcrs%00"],
)  # fmt: skip
def test_an_odd_spelling_does_not_get_through(proxy: Proxy, path: str) -> None:
    before = len(proxy.reached)
    assert proxy.get(path) in (400, 404)
    assert len(proxy.reached) == before


def test_odd_characters_are_welcome_in_a_query(proxy: Proxy) -> None:
    assert proxy.get("/collections/a/items?filter=nom='a//b'%20AND%20x=%2F;") == 200


def test_the_log_holds_no_credential_no_value_and_no_whole_address(proxy: Proxy) -> None:
    proxy.get("/t/SECRET-IN-PATH/collections/pcrs?nom=VALUE")
    proxy.get(
        "/collections?token=SECRET-IN-QUERY", Authorization="Bearer SECRET-IN-HEADER", Referer="/t/SECRET-REFERER"
    )
    proxy.get("/t/SECRET//odd?token=SECRET")
    proxy.get("/metrics?token=SECRET")
    assert "/t/-/collections/pcrs HTTP/1.1 200" in proxy.log
    assert "SECRET" not in proxy.log
    assert "VALUE" not in proxy.log
    assert "127.0.0.0 [" in proxy.log
    assert "127.0.0.1" not in proxy.log


def test_a_body_larger_than_a_question_is_refused_before_it_is_sent(proxy: Proxy) -> None:
    context = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=context, timeout=10)
    connection.putrequest("POST", "/search")
    connection.putheader("Content-Length", str(20 * 2**20))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_slow_clients_have_ten_seconds_and_fifty_connections() -> None:
    said = CONF.read_text()
    for directive in (
        "client_header_timeout 10s;",
        "client_body_timeout   10s;",
        "send_timeout          15s;",
        "limit_conn mig_idg_address 50;",
    ):
        assert directive in said
