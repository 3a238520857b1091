"""Learning from answers: pure functions, tables in, tables out. Knows neither the database nor the screen."""
