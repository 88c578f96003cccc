"""One message with an archive, handed to a mail server; what the server said is the receipt."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.snapshots.freezing import Frozen
from etl.frames import records
from etl.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30


class MailError(Exception):
    """A message that was not taken. ``is_final`` says that trying again is of no use."""

    def __init__(self, words: str, *, is_final: bool) -> None:
        super().__init__(words)
        self.is_final = is_final


@dataclass(frozen=True)
class Envelope:
    """A message and whom it goes to."""

    sender: str
    recipient: str
    message: bytes


def write_message(
    frozen: Frozen,
    archive: bytes,
    *,
    name: str,
    settings: Settings,
    recipient: str,
    message_id: str,
    at: datetime,
) -> Envelope:
    """Return the message: a plain summary, the archive attached.

    The same delivery always has the same ``message_id``: sent twice after a fault, it is one
    message to the reader's program.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = recipient
    message["Subject"] = f"Báo cáo chỉ số hài lòng {frozen.unit_words}, {frozen.period_label}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message.set_content(_summary(frozen, name))
    message.add_attachment(archive, maintype="application", subtype="zip", filename=name)
    return Envelope(settings.mail_from, recipient, message.as_bytes())


def _summary(frozen: Frozen, name: str) -> str:
    lines = [plain_text(frozen.reports["overview"].sentence), ""]
    table = frozen.summary.section("kpis").table
    assert table is not None
    lines += [f"- {row['label']}: {row['value']}" for row in records(table.rows)]
    lines += [
        "",
        f"Số liệu đến {fmt.day(frozen.latest)}, phiên bản {fmt.version(frozen.data_version)}.",
        f"Mã băm nội dung: {frozen.content_sha256}.",
        f"Tệp kèm theo «{name}» có chữ ký; cách kiểm tra ghi ở cuối tệp HTML trong đó.",
    ]
    return "\n".join(lines).replace(fmt.NBSP, " ") + "\n"


def send(envelope: Envelope, *, settings: Settings) -> str:
    """Hand a message to the mail server and return the words with which it took it.

    Raises:
        MailError: the server did not take it, or could not be reached.
    """
    try:
        with _server(settings) as server:
            _require(server.mail(envelope.sender), "người gửi")
            _require(server.rcpt(envelope.recipient), "người nhận")
            return _require(server.data(envelope.message), "nội dung")
    except UnicodeError as error:
        raise MailError(
            f"Thư không gửi được tới «{envelope.recipient}» từ «{envelope.sender}»: địa chỉ và tài "
            "khoản thư chỉ dùng chữ không dấu. Hãy sửa lại rồi gửi.",
            is_final=True,
        ) from error
    except smtplib.SMTPResponseException as error:
        raise MailError(_reply(error.smtp_code, error.smtp_error), is_final=False) from error
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server %s:%d: %s", settings.smtp_host, settings.smtp_port, error)
        raise MailError(
            f"Không nối được máy chủ thư {settings.smtp_host}: {_cause(error, settings)}",
            is_final=False,
        ) from error


def _cause(error: Exception, settings: Settings) -> str:
    """Say why a mail server could not be talked to; its own words are English, for the log."""
    if isinstance(error, smtplib.SMTPNotSupportedError):
        is_starting = settings.smtp_security == "starttls"
        return (
            "máy chủ không có STARTTLS: hãy đặt SMTP_SECURITY"
            if is_starting
            else "máy chủ không nhận tên và mật khẩu: hãy bỏ SMTP_USER"
        )
    if isinstance(error, ssl.SSLError):
        return "máy chủ không nối được bằng TLS: hãy xem SMTP_SECURITY, SMTP_PORT và chứng chỉ"
    return f"máy chủ không trả lời ở cổng {settings.smtp_port}"


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    tls = ssl.create_default_context()
    place = (settings.smtp_host, settings.smtp_port)
    server = (
        smtplib.SMTP_SSL(*place, timeout=TIMEOUT_SECONDS, context=tls)
        if settings.smtp_security == "tls"
        else smtplib.SMTP(*place, timeout=TIMEOUT_SECONDS)
    )
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=tls)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.ehlo_or_helo_if_needed()
        yield server
    finally:
        # However it takes the goodbye: a message that was taken is not to be sent again.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _require(answer: tuple[int, bytes], what: str) -> str:
    code, words = answer
    if 200 <= code < 300:
        return _reply(code, words)
    # 5xx is for good, 4xx for now: RFC 5321, 4.2.1.
    raise MailError(f"Máy chủ thư từ chối {what}: {_reply(code, words)}", is_final=code >= 500)


def _reply(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}"[:500]
