"""One frozen `Settings`, read once by the routes and passed down. Nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from mig_idg.errors import Text, Unavailable
from mig_idg.registry.addresses import ADDRESS
from mig_idg.store.storage import Folder, Place

if TYPE_CHECKING:
    from mig_idg.notices.smtp import MailServer


# How a supervisor tells its workers the database it started: not for people, who say IDG_DATABASE_URL.
URL_VARIABLE = "IDG_SERVE_DATABASE_URL"


class Settings(BaseSettings):
    """The effective configuration: defaults, then `IDG_*` variables, then what a command was told."""

    model_config = SettingsConfigDict(env_prefix="IDG_", frozen=True, extra="ignore")

    home: Path = Field(Path(".idg"), description="private cluster, rasters, deposits, demonstration accounts")
    database_url: SecretStr | None = Field(
        None, description="an existing PostGIS (owner's rights); absent = private cluster"
    )
    database_app_url: SecretStr | None = Field(None, description="the server's own login role there; absent = derived")
    base_url: str | None = Field(None, description="public address of the service, used in every link")
    standards_dir: Path | None = Field(None, description="schemas of other bodies; absent = IDG_HOME/standards")
    collections_dir: Path = Field(Path("collections"), description="declarations, one dataset a file")
    empty_tiles: Literal["transparent", "204"] = Field(
        "transparent", description="a raster tile outside the data: a transparent picture, or 204 without one"
    )
    kept_tiles: Annotated[int, Field(ge=0)] = Field(
        64, description="megabytes of finished vector tiles that each worker keeps, in a temporary file; 0 = none"
    )
    processes_dir: Path = Field(Path("processes"), description="processes, one a file")
    recipes_dir: Path = Field(Path("recipes"), description="recipes of consolidation, one a file")
    harvest_dir: Path = Field(Path("harvest"), description="sources that are harvested, one a file")
    plugin_modules: tuple[str, ...] = Field(
        ("mig_idg.ogc.processes", "pygeoapi.process", "pygeoapi.provider"),
        description="the Python modules that plug-ins may come from, with all that lies under them",
    )
    callback_hosts: tuple[str, ...] = Field((), description="hosts to which jobs may call back, over https; none")
    sync_seconds: Annotated[int, Field(ge=1, le=300)] = Field(
        30, description="how long a synchronous execution is waited for"
    )
    job_workers: Annotated[int, Field(ge=0, le=16)] = Field(
        1, description="processes that run jobs beside the server; 0 = none here, “mig-idg job work” runs elsewhere"
    )
    job_concurrency: Annotated[int, Field(ge=1, le=64)] = Field(2, description="jobs that each of them runs at a time")
    job_retention_hours: Annotated[int, Field(ge=1)] = Field(72, description="how long what came of a job is kept")
    deposit_max_mb: Annotated[int, Field(ge=1)] = Field(2048, description="the largest file that may be deposited")
    malware_scan: Literal["required", "optional", "off"] = Field(
        "optional",
        description="deposits are scanned by ClamAV: required = none is checked without its word; the result is kept",
    )
    clamav_socket: str = Field("/run/clamav/clamd.ctl", description="where clamd listens: a path, or host:port")
    config_file: Path = Field(Path("pygeoapi-config.yml"), description="server and metadata")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 5000
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    s3_bucket: str | None = Field(
        None,
        description="bucket of S3-compatible storage for rasters and point clouds; absent = IDG_HOME/rasters",
    )
    s3_endpoint: str = Field("https://s3.amazonaws.com", description="address of the storage, https://s3.example.org")
    s3_region: str = Field("us-east-1", description="region of the storage, as its provider names it")
    s3_prefix: str = Field("", description="folder in the bucket under which files are kept")
    s3_access_key: str | None = Field(None, description="key that reads, writes and removes there")
    s3_secret_key: SecretStr | None = Field(None, description="its secret")
    s3_secret_key_file: Path | None = Field(None, description="a file that holds the secret, in place of the variable")
    rate_limit: Annotated[int, Field(ge=0)] = Field(
        300_000,
        description="requests a minute that a worker takes from one account or address, heavy ones counting for more;"
        " the default is what a worker can do, a public server wants less (30000); 0 = no limit",
    )
    proxy_header: bool = Field(
        False, description="trust X-Forwarded-For of the proxy on this machine, for rate limits only"
    )
    oidc_issuer: str | None = Field(None, description="OpenID Connect issuer; absent = tokens only")
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_audience: str | None = Field(None, description="expected `aud` of a bearer JWT; default the client id")
    session_secret: SecretStr | None = Field(
        None, description="signs the cookies of people who signed in; absent = a key in the home"
    )
    smtp_host: str | None = Field(
        None, description="mail server that notices are handed to; absent = they are kept and shown on desks"
    )
    smtp_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        None, description="its port; absent = 587 with STARTTLS, 465 with TLS, 25 without"
    )
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="TLS asked for by STARTTLS, TLS from the start, or none (a relay on this machine)"
    )
    smtp_login: str | None = Field(None, description="account on the mail server")
    smtp_password_file: Path | None = Field(None, description="a file that holds its password")
    smtp_ca_file: Path | None = Field(None, description="certificates that the server's is checked against (PEM)")
    smtp_from: str | None = Field(None, description="address that notices come from; replies go there")
    remark_days: Annotated[int, Field(ge=1, le=365)] = Field(
        30, description="days within which a remark is answered, told to who writes it"
    )
    open_checks: Literal["asked", "required"] = Field(
        "asked",
        description="the four checks before open data (personal data, secrets, intellectual property, internal"
        " security) of a declaration under an open licence: asked = told by publish; required = refused without them",
    )
    access_log: bool = Field(
        False, description="a JSON line for each request on standard error: no token, no value of a query"
    )
    journal: bool = Field(True, description="record decisions on data that are not open")
    rights: bool = Field(True, description="only `./idg bench` turns this off, to measure what rights cost")

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("IDG_BASE_URL : une adresse http(s) est attendue")
        return value.rstrip("/")

    @field_validator("s3_endpoint")
    @classmethod
    def _an_address(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("IDG_S3_ENDPOINT : une adresse http(s) est attendue")
        return value.rstrip("/")

    @field_validator("s3_prefix")
    @classmethod
    def _a_folder(cls, value: str) -> str:
        if ".." in value.split("/"):
            raise ValueError("IDG_S3_PREFIX : un dossier du seau est attendu")
        return value.strip("/")

    @model_validator(mode="after")
    def _a_bucket_has_its_keys(self) -> Settings:
        if self.s3_bucket and not (self.s3_access_key and (self.s3_secret_key or self.s3_secret_key_file)):
            raise ValueError("IDG_S3_BUCKET attend IDG_S3_ACCESS_KEY et IDG_S3_SECRET_KEY (ou IDG_S3_SECRET_KEY_FILE)")
        return self

    @field_validator("smtp_from")
    @classmethod
    def _a_mail_address(cls, value: str | None) -> str | None:
        if value is not None and not ADDRESS.fullmatch(value):
            raise ValueError("IDG_SMTP_FROM : une adresse de courriel est attendue (service@exemple.fr)")
        return value

    @model_validator(mode="after")
    def _a_mail_server_has_a_sender(self) -> Settings:
        if self.smtp_host is not None and self.smtp_from is None:
            raise ValueError("IDG_SMTP_HOST attend IDG_SMTP_FROM, l'adresse dont partent les messages")
        if (self.smtp_login is None) != (self.smtp_password_file is None):
            raise ValueError("IDG_SMTP_LOGIN et IDG_SMTP_PASSWORD_FILE vont ensemble")
        here = self.smtp_host in ("127.0.0.1", "::1", "localhost")
        if self.smtp_login is not None and self.smtp_security == "none" and not here:
            raise ValueError("IDG_SMTP_SECURITY=none enverrait le mot de passe en clair : starttls ou tls est attendu")
        return self

    @model_validator(mode="after")
    def _rights_are_off_for_this_machine_only(self) -> Settings:
        if not self.rights and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("IDG_RIGHTS=false ne sert qu'à mesurer, sur cette machine seulement")
        return self

    @property
    def public_url(self) -> str:
        """The address written in links: the configured one, never a header of the request."""
        everywhere = self.host in ("127.0.0.1", "0.0.0.0")  # noqa: S104
        return self.base_url or f"http://{'localhost' if everywhere else self.host}:{self.port}"

    @property
    def standards_folder(self) -> Path:
        """Where the schemas of other bodies are."""
        return self.standards_dir or self.home.resolve() / "standards"

    def mail_server(self) -> MailServer | None:
        """Where notices are handed over; None when no mail server is named."""
        if self.smtp_host is None or self.smtp_from is None:
            return None
        from mig_idg.notices.smtp import PORTS, MailServer

        port = self.smtp_port or PORTS[self.smtp_security]
        return MailServer(
            self.smtp_host, port, self.smtp_security, self.smtp_from, self.smtp_login, self.smtp_password_file,
            self.smtp_ca_file,
        )  # fmt: skip

    def raster_place(self) -> Place:
        """Where the files of rasters are: `home`/rasters, or the bucket. Raises Unavailable for an unread secret."""
        if self.s3_bucket is None:
            return Folder(self.home.resolve() / "rasters")
        from mig_idg.store.bucket import Access, bucket

        key, secret = self.s3_access_key or "", self._secret()
        return bucket(Access(self.s3_bucket, self.s3_endpoint, self.s3_region, self.s3_prefix, key, secret))

    def _secret(self) -> str:
        if self.s3_secret_key is not None:
            return self.s3_secret_key.get_secret_value()
        assert self.s3_secret_key_file is not None
        try:
            return self.s3_secret_key_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(
                Text("Le fichier du secret S3 ne peut pas être lu.", "The file of the S3 secret cannot be read."),
                remedy=Text("Vérifiez IDG_S3_SECRET_KEY_FILE.", "Check IDG_S3_SECRET_KEY_FILE."),
            ) from error
