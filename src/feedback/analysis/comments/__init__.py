"""Reading comments: language, sentiment, sentences, topics, quotes, and masking of what tells who wrote."""
