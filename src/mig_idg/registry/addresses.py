"""What a mail address of ours may be: nothing that could begin another header, another address or a command."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x1f\x7f]{1,64}@[A-Za-z0-9.-]{1,190}")
