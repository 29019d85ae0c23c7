# The commands of the first Dippy proxy; each is an npm script of the same name.
# Its settings: a file, or a directory with config.json or config.yaml in it.
export REVERSE_PROXY_CONFIG_PATH ?= apps/reverse-proxy

.PHONY: reverse-proxy-config reverse-proxy-setup reverse-proxy-run reverse-proxy-dev

# Puts an example where there are no settings yet.
reverse-proxy-config:
	npm run --silent reverse-proxy-config

# And installs what is needed.
reverse-proxy-setup:
	npm run --silent reverse-proxy-setup

reverse-proxy-run: reverse-proxy-config
	npm run --silent reverse-proxy-run

# Takes changed settings at once.
reverse-proxy-dev: reverse-proxy-config
	npm run --silent reverse-proxy-dev
