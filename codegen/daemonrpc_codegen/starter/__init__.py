"""What `daemonrpc init` puts into a new project: a daemon that runs, is tested and type-checks, to be changed."""
