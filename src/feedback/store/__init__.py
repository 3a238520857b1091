"""Keeping: tables, migrations, transactions, and the questions we ask of them. The only room that knows SQL."""
