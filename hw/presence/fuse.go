package presence

// settle ends the start: every input was read and no high level is still being
// checked, or the patience is over. Until then an unread input is no fault.
func (m *Machine) settle() {
	if m.settled {
		return
	}
	ready := m.told
	for _, s := range m.senses {
		ready = ready && s.read && !s.level.pending()
	}
	m.settled = ready || m.now >= after(m.start, startingMax)
}

// fuse makes one presence of all presence inputs: any of them that moves starts
// it, any of them that is high sustains it. Suspects are left out; when there
// is nobody else, that is a loss, and the policy decides.
func (m *Machine) fuse() {
	var motion, still, unknown, sound, any bool
	for _, s := range m.senses {
		if s.Role != RolePresence {
			continue
		}
		any = true
		s.supervise(m.now, m.closed)
		lost := s.lost(m.now)
		unknown = unknown || lost
		sound = sound || !lost && !s.suspect
		if s.suspect {
			continue
		}
		if s.motion.on(m.now) {
			if !motion {
				m.seenBy = s.Name
			}
			motion = true
		}
		still = still || s.level.on(m.now)
	}
	if m.moving && !motion {
		m.lastMotion = m.now
	}
	m.moving = motion
	m.fused = motion || m.fused && still && m.now < after(m.lastMotion, stillMax)
	m.noteLoss(any, sound)

	switch certain := any && !unknown && !m.loss; {
	case m.fused || !certain:
		m.gone = never
	case m.gone == never:
		m.gone = m.now
	}
}

// noteLoss keeps track of whether any presence input can be believed. A loss
// begins at once and ends when one has been sound for a while.
func (m *Machine) noteLoss(any, sound bool) {
	switch {
	case !m.settled || !any:
	case !sound:
		m.loss, m.sound = true, never
	case m.loss && m.sound == never:
		m.sound = m.now
	case m.loss && m.now >= after(m.sound, lossRecovery):
		m.loss, m.foundAgain = false, m.now
	}
}

// forget clears the toggles whose customer has certainly left.
func (m *Machine) forget() {
	if m.gone == never {
		return
	}
	for _, s := range m.senses {
		if s.latched && m.now >= after(max(m.gone, s.latchedAt), toggleGone) {
			s.latched = false
			s.assert(m.now)
		}
	}
}

// hush takes the presses of the owner's buttons. There is one pause, however many
// buttons: a press resumes whichever way the screen was silenced.
func (m *Machine) hush() {
	all := append(m.senses[:len(m.senses):len(m.senses)], m.pause)
	for _, s := range all {
		if !s.pressed {
			continue
		}
		s.pressed = false
		resumed := false
		for _, o := range all {
			if o.Role == RolePause && m.now < o.until {
				resumed, o.until = true, m.now
				o.assert(m.now)
			}
		}
		if !resumed {
			s.until = after(m.now, s.Lasts)
			s.assert(m.now)
		}
	}
}

// present reports whether presence holds, and whether that is only assumed: by
// policy, or for want of presence inputs.
func (m *Machine) present() (holds, assumed bool) {
	switch {
	case m.fused:
		return true, false
	case m.loss:
		return m.config.OnSensorLoss != Quiet, true
	}
	return !m.has(RolePresence), true
}

func (m *Machine) has(r Role) bool {
	for _, s := range m.senses {
		if s.Role == r {
			return true
		}
	}
	return false
}

// judge decides whether a customer is being served, or may be.
func (m *Machine) judge() {
	by := ""
	for _, s := range append(m.senses[:len(m.senses):len(m.senses)], m.pause) {
		if s.asserted {
			by = s.cause()
			break
		}
	}
	if by == "" {
		by = m.doubt()
	}
	if by == "" && m.serving {
		m.released = m.now
	}
	m.serving, m.servedBy = by != "", by
}

// doubt names a service input that cannot be believed, if that has to keep the
// screen from speaking; else it is empty. See the package comment.
func (m *Machine) doubt() string {
	holds, _ := m.present()
	if !m.settled || !holds || m.closed != never {
		return ""
	}
	for _, s := range m.senses {
		if s.Role == RoleService && s.OnFault != Show && s.lost(m.now) {
			return s.Name + " cannot be believed, so the screen stays quiet"
		}
	}
	return ""
}

// cause says why the screen is quiet.
func (s *sense) cause() string {
	switch {
	case s.Role == RolePause && s.Name == "":
		return "paused by the owner"
	case s.Role == RolePause:
		return s.Name + " paused the screen"
	}
	return s.Name + " says that a customer is being served"
}
