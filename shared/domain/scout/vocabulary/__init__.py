"""What words mean in a catalogue of gifts and services: plain data, written to be read and extended."""
