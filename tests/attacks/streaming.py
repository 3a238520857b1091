"""A browser as far as Streamlit needs one: a connection on which pages are asked for, and all they send is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from feedback.store.accounts import COOKIE

PATIENCE = 60


@contextmanager
def connected(port: int, cookie: str = "", **headers: str) -> Iterator[ClientConnection]:
    """A connection to the app at a port of this machine. cookie: of somebody who is signed in."""
    sent = {"Origin": f"http://127.0.0.1:{port}"} | ({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}) | headers
    url = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(url, additional_headers=sent, subprotocols=["streamlit"], max_size=None) as connection:
        yield connection


def ask_for(connection: ClientConnection, page: str = "", query: str = "") -> None:
    """Ask for a page by its name ("": the first), and go on."""
    asked = BackMsg(rerun_script=ClientState(query_string=query, page_name=page))
    connection.send(asked.SerializeToString())


def drawn(connection: ClientConnection) -> tuple[bytes, str]:
    """All that was sent until the page that was asked for was drawn; and the id of its session, "" where not told."""
    took, session = b"", ""
    while True:
        told = ForwardMsg.FromString(last := connection.recv(timeout=PATIENCE))
        if told.HasField("script_finished"):
            return took, session
        took += last
        if told.HasField("new_session"):
            session = told.new_session.initialize.session_id
