"""The parts of publishing: values for pages, uploads behind their intents, indexes."""
