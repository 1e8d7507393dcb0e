/** What the images and docker-compose.yml say, read without an engine. */
package dev.holdfast.cli.containers;
