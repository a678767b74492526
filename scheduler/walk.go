package scheduler

// A walk visits the slots of a queue in their order without changing it: the
// best of those whose parent in the heap was visited.
type walk struct {
	p     *pool
	q     queue
	front []int32 // places in the heap
}

func (w *walk) begin(p *pool, q queue) {
	w.p, w.q, w.front = p, q, w.front[:0]
	if len(p.queues[q]) > 0 {
		w.front = append(w.front, 0)
	}
}

func (w *walk) next() (int32, bool) {
	if len(w.front) == 0 {
		return 0, false
	}
	h, best := w.p.queues[w.q], 0
	for i := range w.front {
		if w.p.goes(w.q, h[w.front[i]], h[w.front[best]]) {
			best = i
		}
	}
	i := w.front[best]
	last := len(w.front) - 1
	w.front[best] = w.front[last]
	w.front = w.front[:last]
	for c := 2*i + 1; c <= 2*i+2 && int(c) < len(h); c++ {
		w.front = append(w.front, c)
	}
	return h[i], true
}
