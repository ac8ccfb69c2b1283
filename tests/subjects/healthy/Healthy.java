/* SPDX-License-Identifier: MIT */
/* A healthy JVM: a pool of workers that take work from a queue, hash, and allocate; some are idle. */
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

class Healthy {
	static volatile long sum;

	static void work() {
		byte[][] blocks = new byte[64][];
		for (int i = 0; i < blocks.length; i++) {
			blocks[i] = new byte[4096];
			sum += java.util.Arrays.hashCode(blocks[i]);
		}
	}

	public static void main(String[] args) throws Exception {
		ExecutorService pool = Executors.newFixedThreadPool(8);
		ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
		clock.scheduleAtFixedRate(() -> {
			for (int i = 0; i < 4; i++)
				pool.submit(Healthy::work);
		}, 0, 5, TimeUnit.MILLISECONDS);
		Thread.sleep(1000);
		System.out.println("ready " + ProcessHandle.current().pid());
		System.in.read();
		System.exit(0);
	}
}
