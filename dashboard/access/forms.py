"""The pages outside the application: signing in, choosing a password."""

from __future__ import annotations

from html import escape

from dashboard.access.gate import CSRF_FIELD
from dashboard.access.passwords import LONGEST, SHORTEST
from dashboard.index_html import ICON_LINKS, INDEX_SCRIPT
from dashboard.text import PRODUCT

_PAGE = """<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<script>{script}</script>
<title>{title} – {product}</title>
{icons}
<link rel="stylesheet" href="/assets/tokens.css">
<link rel="stylesheet" href="/assets/layout.css">
<link rel="stylesheet" href="/assets/parts.css">
<link rel="stylesheet" href="/assets/icons.css">
<link rel="stylesheet" href="/assets/access.css">
</head>
<body class="door">
<main class="door-card">
<p class="door-office"><span class="mark"><i class="ic i-logo" aria-hidden="true"></i></span>
<span><b>{office}</b><small>{agency}</small></span></p>
<h1>{title}</h1>
{message}
{body}
</main>
</body>
</html>"""


def door_page(
    title: str, body: str, *, office: str, agency: str, message: str = "", is_error: bool = False
) -> str:
    """Return a whole page outside the application."""
    said = ""
    if message:
        role = "alert" if is_error else "status"
        tone = "error" if is_error else "notice"
        said = f'<p class="door-said {tone}" role="{role}">{escape(message)}</p>'
    return _PAGE.format(
        title=escape(title),
        product=PRODUCT,
        script=INDEX_SCRIPT,
        icons=ICON_LINKS,
        office=escape(office),
        agency=escape(agency),
        message=said,
        body=body,
    )


def sign_in_form(*, next_path: str, name: str = "") -> str:
    """Return the form for name and password."""
    return f"""<form method="post" action="/dang-nhap" class="door-form">
<input type="hidden" name="next" value="{escape(next_path)}">
<label for="name">Tên đăng nhập</label>
<input id="name" name="name" value="{escape(name)}" autocomplete="username" required
 autocapitalize="none" spellcheck="false" maxlength="64"{"" if name else " autofocus"}>
<label for="password">Mật khẩu</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="{LONGEST}"{" autofocus" if name else ""}>
<button type="submit" class="btn-a primary">Đăng nhập</button>
</form>
<p class="door-help">Quên mật khẩu? Người quản trị đặt lại ở trang Quản trị, hoặc trên máy chủ bằng
lệnh <code>python -m dashboard user passwd TÊN</code>.</p>"""


def link_form(token: str) -> str:
    """Return the button that uses a one-time link up."""
    return f"""<p class="door-help">Liên kết này dùng được một lần, cho người quản trị đầu tiên. Vào
xong, hãy đặt mật khẩu dưới biểu tượng người dùng.</p>
<form method="post" action="/vao/{escape(token)}" class="door-form">
<button type="submit" class="btn-a primary" autofocus>Vào bảng điều hành</button>
</form>"""


def password_form(*, csrf: str, has_password: bool) -> str:
    """Return the form for a new password, with the present one where there is one."""
    present = (
        """<label for="present">Mật khẩu đang dùng</label>
<input id="present" name="present" type="password" autocomplete="current-password" required>"""
        if has_password
        else ""
    )
    # Whoever came by the one-time link has no other way back in yet.
    leave = (
        f"""<form method="post" action="/thoat-moi-noi" class="door-form">
<input type="hidden" name="{CSRF_FIELD}" value="{escape(csrf)}">
<button type="submit" class="btn-a">Đăng xuất khỏi mọi thiết bị</button>
</form>"""
        if has_password
        else ""
    )
    return f"""<form method="post" action="/mat-khau" class="door-form">
<input type="hidden" name="{CSRF_FIELD}" value="{escape(csrf)}">
{present}
<label for="password">Mật khẩu mới</label>
<input id="password" name="password" type="password" autocomplete="new-password" required
 minlength="{SHORTEST}" maxlength="{LONGEST}" aria-describedby="rule">
<p id="rule" class="door-help">Ít nhất {SHORTEST} ký tự. Một câu ngắn dễ nhớ là tốt nhất.</p>
<label for="again">Gõ lại mật khẩu mới</label>
<input id="again" name="again" type="password" autocomplete="new-password" required>
<button type="submit" class="btn-a primary">Lưu mật khẩu</button>
</form>
{leave}
<p class="door-help"><a href="/">Về bảng điều hành</a></p>"""
