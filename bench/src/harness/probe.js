// Loaded into a server where there is no /proc to read: tells what the process has used when it is asked.
process.on('message', (message) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuSeconds: (user + system) / 1e6, residentBytes: process.memoryUsage.rss() })
})
process.channel?.unref()
