/** When a policy is due: cron expressions in a time zone, pure and without a clock. What happens then does not belong here. */
package dev.holdfast.service.schedule;
