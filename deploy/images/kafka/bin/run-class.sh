#!/bin/bash
# Starts a class of Kafka's. KAFKA_HEAP_OPTS, KAFKA_OPTS and KAFKA_LOG4J_OPTS as everywhere in Kafka.
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${KAFKA_OPTS:-} \
    ${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=/etc/kafka/docker/tools-log4j2.yaml} -cp '/opt/kafka/libs/*' "$@"
