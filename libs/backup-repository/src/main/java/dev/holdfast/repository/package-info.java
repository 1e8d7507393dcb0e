/**
 * A repository as each service may see it: writer, reader, prover, expirer. Only this library knows object names; what
 * runs against PostgreSQL or Kafka does not belong here.
 */
package dev.holdfast.repository;
