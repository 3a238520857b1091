"""Write the role table of the guide from the program's own: `make roles`."""

from pathlib import Path

from feedback.doors import in_markdown

GUIDE = Path(__file__).parent / "guide" / "roles.md"
INTRODUCTION = """# Who may do what

Everybody without an account may answer what they are asked, and nothing else. Whoever runs the program gives roles to
accounts ([accounts](accounts.md)), each for the whole institution, for one programme, or for one credential.

**yes**: for as much as the role was given for. **whole**: only where it was given for the whole institution. What is
not for somebody is told in the same words as what is not there, and that they tried is kept in the audit log. The menu
shows what may be opened; the check is made again behind every page, file and button.

Whoever runs `feedback` on the machine itself holds the database and the key, and could do anything with them. So a
command asks for no role, unless it is told to act for an account: `feedback --as ann@example.org surveys`.

This page is made by the program from its own list of doors (`make roles`); a test compares both with a list written by
hand, and opens every page as every role.

"""

if __name__ == "__main__":
    GUIDE.write_text(INTRODUCTION + in_markdown(), encoding="utf-8")
