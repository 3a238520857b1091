"""Files and messages in and out: reads what others wrote down, all or nothing, and says what is wrong with it."""
