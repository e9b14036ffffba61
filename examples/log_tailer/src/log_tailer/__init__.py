"""log-tailer: the last lines of log files, and every line as it is written."""
