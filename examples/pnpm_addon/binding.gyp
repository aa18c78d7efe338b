{
  "targets": [{ "target_name": "word_count", "sources": ["src/word_count.c"] }]
}
