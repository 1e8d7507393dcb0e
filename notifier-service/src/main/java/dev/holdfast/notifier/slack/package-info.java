/** Events as messages for people, in the form that an incoming webhook of Slack takes. How they are sent does not belong here. */
package dev.holdfast.notifier.slack;
