package dev.holdfast.cli;
