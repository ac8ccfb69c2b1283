// SPDX-License-Identifier: GPL-2.0
/*
 * When not to capture: while memory or CPUs come or go, while the system goes
 * to sleep, and where lockdown keeps the kernel's memory confidential. While a
 * capture runs, memory does not go offline and the system does not sleep.
 */
#include <linux/cpu.h>
#include <linux/memory.h>
#include <linux/notifier.h>
#include <linux/security.h>
#include <linux/suspend.h>

#include "osmosis.h"

static struct osm *guarded;
static atomic_t memory_moves;
static bool sleeps;

static bool capturing(void)
{
	return READ_ONCE(guarded->state) == OSMOSIS_CAPTURING;
}

static int on_memory(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case MEM_GOING_ONLINE:
	case MEM_GOING_OFFLINE:
		atomic_inc(&memory_moves);
		smp_mb(); /* either it sees us capture, or the capture sees it move */
		return capturing() ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
	case MEM_ONLINE:
	case MEM_OFFLINE:
	case MEM_CANCEL_ONLINE:
	case MEM_CANCEL_OFFLINE:
		atomic_dec_if_positive(&memory_moves);
		break;
	}
	return NOTIFY_OK;
}

static int on_sleep(struct notifier_block *nb, unsigned long action, void *data)
{
	switch (action) {
	case PM_HIBERNATION_PREPARE:
	case PM_SUSPEND_PREPARE:
	case PM_RESTORE_PREPARE:
		WRITE_ONCE(sleeps, true);
		smp_mb(); /* as above */
		if (!capturing())
			break;
		WRITE_ONCE(sleeps, false);
		return notifier_from_errno(-EBUSY);
	case PM_POST_HIBERNATION:
	case PM_POST_SUSPEND:
	case PM_POST_RESTORE:
		WRITE_ONCE(sleeps, false);
		break;
	}
	return NOTIFY_OK;
}

static struct notifier_block memory_block = { .notifier_call = on_memory };
static struct notifier_block sleep_block = { .notifier_call = on_sleep };

int osm_guard_init(struct osm *o)
{
	int rc;

	guarded = o;
	rc = register_memory_notifier(&memory_block);
	if (rc)
		return rc;
	rc = register_pm_notifier(&sleep_block);
	if (rc)
		unregister_memory_notifier(&memory_block);
	return rc;
}

void osm_guard_exit(void)
{
	unregister_pm_notifier(&sleep_block);
	unregister_memory_notifier(&memory_block);
}

enum osmosis_reason osm_guard_refuses(void)
{
	if (security_locked_down(LOCKDOWN_KCORE))
		return OSMOSIS_WHY_LOCKDOWN;
	smp_mb(); /* see on_memory() */
	if (READ_ONCE(sleeps))
		return OSMOSIS_WHY_SUSPEND;
	if (atomic_read(&memory_moves))
		return OSMOSIS_WHY_MEMORY_HOTPLUG;
	if (!cpus_read_trylock())
		return OSMOSIS_WHY_CPU_HOTPLUG;
	cpus_read_unlock();
	return OSMOSIS_WHY_NONE;
}
