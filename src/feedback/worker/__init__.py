"""The other process: reads what arrived, publishes it, works findings out, sends what waits. See docs/decisions/0010.

Import its modules by name: `loop` (Worker, run_once), `gathering`, `embedded`; a page that only starts the worker then
loads none of the libraries it works with.
"""
