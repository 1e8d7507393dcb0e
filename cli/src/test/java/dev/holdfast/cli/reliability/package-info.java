/**
 * Whole installations under attack: a broker and the five services in processes of their own, of which one is killed, stopped or told
 * to end at a named step of a run, and what is left to see afterwards. docs/reliability.md is written from here. How a single part
 * survives its own troubles is tested beside that part.
 */
package dev.holdfast.cli.reliability;
