-- Sends prepared requests one after the other and prints what came back as one line of JSON.
-- Arguments: the file of requests, separated by NUL; `once`, when it ends as soon as all were sent; the pause before each
-- request in milliseconds; `statuses`, when answers are to be counted by status.
local requests, turn, sent, once, pause = {}, 0, 0, false, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  local file = assert(io.open(args[1], 'rb'))
  for request in (file:read('*a') .. '\0'):gmatch('(.-)%z') do
    requests[#requests + 1] = request
  end
  file:close()
  once = args[2] == 'once'
  pause = tonumber(args[3]) or 0
  statuses, retries = {}, 0
  if pause > 0 then
    -- Drawn anew each time, or the connections would go on in step.
    delay = function() return math.random(0, 2 * pause) end
  end
  if args[4] == 'statuses' then
    response = function(status, headers)
      statuses[status] = (statuses[status] or 0) + 1
      if headers['Retry-After'] or headers['retry-after'] then retries = retries + 1 end
    end
  end
end

function request()
  turn = turn + 1
  if turn > #requests then
    -- What is on its way is not waited for, and not counted.
    if once then wrk.thread:stop() end
    turn = 1
  end
  sent = sent + 1
  -- A place for a number that no other request has, of a fixed width because the length was written before.
  local text = requests[turn]
  if text:find('##########', 1, true) then text = text:gsub('##########', ('%010d'):format(sent)) end
  return text
end

function done(summary, latency)
  local errors = summary.errors
  local thread = threads[1]
  local counted = {}
  for status, count in pairs(thread:get('statuses') or {}) do
    counted[#counted + 1] = ('"%d":%d'):format(status, count)
  end
  print(
    ('{"answers":%d,"seconds":%.6f,"refused":%d,"broken":%d,"failures":"%s","p50":%d,"p99":%d,"retries":%d,"statuses":{%s}}'):format(
      summary.requests,
      summary.duration / 1e6,
      errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      ('connect %d, read %d, write %d, timeout %d'):format(errors.connect, errors.read, errors.write, errors.timeout),
      latency:percentile(50),
      latency:percentile(99),
      thread:get('retries') or 0,
      table.concat(counted, ',')
    )
  )
end
