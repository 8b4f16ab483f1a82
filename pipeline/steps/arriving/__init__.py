"""The parts of intake: looking, sorting, measuring, setting aside."""
