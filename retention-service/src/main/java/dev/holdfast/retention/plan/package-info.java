/** Which backups of one database in one repository are kept and which are deleted, and why: pure, without a store or a clock. Deleting does not belong here. */
package dev.holdfast.retention.plan;
