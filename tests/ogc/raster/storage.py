"""A small S3 server for tests: one bucket in memory, Signature Version 4 verified, faults on demand.

It answers what clients ask of real ones (HEAD, GET by ranges with If-Match, PUT, multipart, DELETE, ListObjectsV2) and
refuses a request whose signature it does not compute itself, which neither `obstore` nor GDAL could forge.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote
from xml.sax.saxutils import escape

KEY, SECRET, REGION, BUCKET = "AKTEST", "s3cr3t-that-no-log-may-hold", "gra", "images"


class Storage:
    """The server on a port of its own. `asked` holds (method, key, range) of each request that was admitted."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.refused = 0
        self.broken = self.down = False
        storage = self

        class Route(_Door):
            owner = storage

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Route)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """No more answers: connections are refused, and those that are open are cut."""
        self.down = True
        self._server.shutdown()
        self._server.server_close()


class _Door(BaseHTTPRequestHandler):
    owner: Storage
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""

    def _asked(self) -> None:
        if self.owner.down:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return None
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        path, _, query = self.path.partition("?")
        words = dict(parse_qsl(query, keep_blank_values=True))
        if self.owner.broken:
            return self._say(500, _error("InternalError"))
        why = self._unsigned(path, words, body)
        if why:
            self.owner.refused += 1
            return self._say(403, _error(why))
        bucket, _, key = unquote(path).lstrip("/").partition("/")
        if bucket != BUCKET:
            return self._say(404, _error("NoSuchBucket"))
        self.owner.asked.append((self.command, key, self.headers.get("range", "")))
        return getattr(self, f"_{self.command.lower()}")(key, words, body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _asked

    def _unsigned(self, path: str, words: dict[str, str], body: bytes) -> str | None:
        """Why the request is not admitted; None when its signature is the one we compute."""
        told = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
            r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
            self.headers.get("authorization", ""),
        )
        if told is None:
            return "AccessDenied"
        key, day, region, names, signature = told.groups()
        if key != KEY:
            return "InvalidAccessKeyId"
        payload = self.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        if payload not in ("UNSIGNED-PAYLOAD",) and payload != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        query = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in sorted(words.items()))
        headers = "".join(f"{name}:{' '.join(self.headers.get(name, '').split())}\n" for name in names.split(";"))
        canonical = "\n".join([self.command, quote(unquote(path), safe="/-_.~"), query, headers, names, payload])
        scope = f"{day}/{region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, _sha(canonical.encode())])
        secret = f"AWS4{SECRET}".encode()
        for word in (day, region, "s3", "aws4_request"):
            secret = hmac.digest(secret, word.encode(), "sha256")
        good = region == REGION and hmac.compare_digest(hmac.digest(secret, text.encode(), "sha256").hex(), signature)
        return None if good else "SignatureDoesNotMatch"

    def _head(self, key: str, _: Any, __: bytes) -> None:
        self._get(key, {}, b"")

    def _get(self, key: str, words: dict[str, str], _: bytes) -> None:
        if "list-type" in words:
            return self._list(words.get("prefix", ""))
        found = self.owner.objects.get(key)
        if found is None:
            return self._say(404, _error("NoSuchKey"))
        content, changed = found
        headers = {"etag": f'"{_sha(content)[:32]}"', "last-modified": f"{changed:%a, %d %b %Y %H:%M:%S GMT}",
                   "accept-ranges": "bytes"}  # fmt: skip
        if self.headers.get("if-match", headers["etag"]).strip('"') != headers["etag"].strip('"'):
            return self._say(412, _error("PreconditionFailed"))
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("range", ""))
        if asked is None:
            return self._say(200, content, headers)
        first = int(asked[1]) if asked[1] else max(0, len(content) - int(asked[2]))
        last = min(int(asked[2]), len(content) - 1) if asked[1] and asked[2] else len(content) - 1
        if first >= len(content):
            return self._say(416, _error("InvalidRange"))
        headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
        return self._say(206, content[first : last + 1], headers)

    def _put(self, key: str, words: dict[str, str], body: bytes) -> None:
        if "uploadId" in words:
            self.owner.parts[words["uploadId"]][int(words["partNumber"])] = body
        else:
            self.owner.objects[key] = (body, datetime.now(UTC))
        self._say(200, b"", {"etag": f'"{_sha(body)[:32]}"'})

    def _post(self, key: str, words: dict[str, str], body: bytes) -> None:
        if "uploads" in words:
            number = f"u{len(self.owner.parts)}"
            self.owner.parts[number] = {}
            response = f"<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key><UploadId>{number}</UploadId></InitiateMultipartUploadResult>"
        else:
            parts = self.owner.parts.pop(words["uploadId"])
            self.owner.objects[key] = (b"".join(parts[n] for n in sorted(parts)), datetime.now(UTC))
            response = f'<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{escape(key)}</Key><ETag>"x"</ETag></CompleteMultipartUploadResult>'
        self._say(200, response.encode())

    def _delete(self, key: str, _: Any, __: bytes) -> None:
        self.owner.objects.pop(key, None)
        self._say(204, b"")

    def _list(self, prefix: str) -> None:
        rows = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size><ETag>&quot;{_sha(content)[:32]}&quot;</ETag>"
            f"<LastModified>{changed:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key, (content, changed) in sorted(self.owner.objects.items())
            if key.startswith(prefix)
        )
        self._say(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{rows}</ListBucketResult>".encode())

    def _say(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
