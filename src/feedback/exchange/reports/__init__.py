"""The committee pack: one structure of words, tables and pictures, written as PDF, web page, Word file or evidence."""
