/** One backup from request to proof before the user's eyes, on servers made for it. Nothing here is needed to run Holdfast. */
package dev.holdfast.cli.demo;
