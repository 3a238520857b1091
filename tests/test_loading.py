"""Threads that load much do it in turn."""

import os
import subprocess
import sys

TOGETHER = """
import sys, threading, time
from importlib.abc import MetaPathFinder

class Slow(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name.startswith("sqlalchemy"):
            time.sleep(0.02)

sys.meta_path.insert(0, Slow())
from feedback.cli import serving
from feedback.collect.light import Light
from feedback.ui import frame

failed = []
threading.excepthook = lambda args: failed.append(repr(args.exc_value))
works = [frame._load, lambda: serving._offer_the_sample("127.0.0.1", "http://127.0.0.1:1"), Light(lambda: None).ready]
threads = [threading.Thread(target=work) for work in works]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print([one for one in failed if "Import" in one])
"""


def test_the_page_the_form_and_the_link_of_the_sample_may_be_loaded_at_once(tmp_path):
    environment = os.environ | {
        "FEEDBACK_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}",
        "FEEDBACK_WORKER": "separate",
    }
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
