/** {@code holdfast.yml}: found, bound, checked, with every mistake named by its path. What the values mean to a service does not belong here. */
package dev.holdfast.service.config;
