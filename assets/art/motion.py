#!/usr/bin/python3
"""Draws the moving pictures of the demo, frame by frame, as SVG.

Usage: motion.py FOLDER    writes FOLDER/bike-NN.svg (one turn of the loop) and
                           FOLDER/castle-NNN.svg (four seconds at 25 a second).
render.sh runs it and turns the frames into bike.gif and castle.mp4. Standard
library only.
"""
import sys
import math,random
def lin(id,stops,x1=0,y1=0,x2=0,y2=1,u=''):
    return f'<linearGradient id="{id}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"{u}>'+''.join(f'<stop offset="{o}" stop-color="{c}"'+(f' stop-opacity="{a[0]}"' if a else '')+'/>' for o,c,*a in stops)+'</linearGradient>'
def rg(id,stops,cx=.5,cy=.5,r=.5):
    return f'<radialGradient id="{id}" cx="{cx}" cy="{cy}" r="{r}">'+''.join(f'<stop offset="{o}" stop-color="{c}"'+(f' stop-opacity="{a[0]}"' if a else '')+'/>' for o,c,*a in stops)+'</radialGradient>'
def blur(id,s): return f'<filter id="{id}" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="{s}"/></filter>'
def save(path,defs,body,w=1920,h=1080):
    open(path,'w').write(f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {w} {h}" width="{w}" height="{h}">\n<defs>\n'+'\n'.join(defs)+'\n</defs>\n'+'\n'.join(body)+'\n</svg>\n')
def c(x,y,r,f,e=''): return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{f}" {e}/>'
def el(x,y,rx,ry,f,e=''): return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{ry:.1f}" fill="{f}" {e}/>'
def p(d,f,e=''): return f'<path d="{d}" fill="{f}" {e}/>'
def st(d,s,w,e=''): return f'<path d="{d}" fill="none" stroke="{s}" stroke-width="{w}" stroke-linecap="round" stroke-linejoin="round" {e}/>'
def rect(x,y,w,h,f,e=''): return f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{h:.1f}" fill="{f}" {e}/>'
def g(b,e=''): return f'<g {e}>'+''.join(b)+'</g>'
random.seed(7)


# castle by night; windows, stars and lanterns are grouped so that the clip can move them
def castle(t=None):
    random.seed(11)
    d=[lin('sky',[(0,'#0c1238'),(.5,'#2c2a6b'),(.8,'#7a4a8f'),(1,'#e58a7b')]),rg('moon',[(0,'#fff6da',.75),(1,'#fff6da',0)]),lin('lake',[(0,'#8a5590'),(.25,'#3a3278'),(1,'#0a0f2c')]),
     lin('hill1',[(0,'#3b3275'),(1,'#4d3c80')]),lin('hill2',[(0,'#211d52'),(1,'#2b2560')]),lin('stone',[(0,'#5a4f97'),(1,'#2c2660')],0,0,1,0),lin('roof',[(0,'#2b2358'),(1,'#181540')],0,0,1,0),rg('lamp',[(0,'#ffd27a',.9),(.4,'#ffb45a',.35),(1,'#ffb45a',0)]),blur('b1',6)]
    b=[rect(0,0,1920,1080,'url(#sky)')]
    for i in range(130):
        x,y,r,ph=random.uniform(0,1920),random.uniform(0,560)**1.0,random.uniform(.8,2.6),random.uniform(0,6.28)
        o=.75 if t is None else .45+.4*math.sin(ph+t*2*math.pi*random.choice([1,2]))
        if t is None: random.choice([1,2])
        b.append(c(x,y,r,'#fff4dc',f'opacity="{max(.05,o*(1-y/700)):.2f}"'))
    b+=[c(1310,215,300,'url(#moon)','opacity=".6"'),c(1310,215,82,'#fff3d6'),c(1288,196,16,'#efdcb8','opacity=".7"'),c(1336,240,24,'#efdcb8','opacity=".6"'),c(1330,180,9,'#efdcb8','opacity=".6"'),
     p('M0 640 Q240 500 480 590 T960 560 T1440 580 T1920 520 V760 H0Z','url(#hill1)'),p('M0 700 Q300 600 620 660 T1240 640 T1920 660 V780 H0Z','url(#hill2)')]
    k=[]
    def tower(x,w,y,h,roof,cap=None):
        k.append(rect(x,y,w,h,'url(#stone)')); k.append(rect(x-8,y-4,w+16,18,'#6a5ea8','rx="4"'))
        k.append(p(f'M{x-16} {y-2} L{x+w/2} {y-roof} L{x+w+16} {y-2}Z','url(#roof)')); k.append(p(f'M{x-16} {y-2} L{x+w/2} {y-roof} L{x+w*.38} {y-2}Z','#4a3f8a','opacity=".55"'))
        k.append(rect(x+w/2-2,y-roof-44,4,48,'#8d80c4')); 
        f=0 if t is None else 5*math.sin(t*2*math.pi*2+x)
        k.append(p(f'M{x+w/2+2} {y-roof-44} q20 {8+f:.1f} 44 {2-f:.1f} q-14 10 0 {20+f:.1f} q-22 {-4-f:.1f} -44 2Z','#e06a78'))
    tower(905,110,300,420,190); tower(700,86,430,290,150); tower(1135,86,420,300,160); tower(610,64,510,210,110); tower(1250,64,500,220,116)
    k.append(rect(660,560,620,160,'url(#stone)'))
    for i in range(16): k.append(rect(664+i*39,544,24,20,'#544a92'))
    k.append(p('M820 720 V470 L960 400 L1100 470 V720Z','url(#stone)')); k.append(p('M800 478 L960 384 L1120 478 L1100 490 L960 410 L820 490Z','#2b2358'))
    k.append(p('M914 720 V650 A46 46 0 0 1 1006 650 V720Z','#ffce7a')); k.append(p('M926 720 V652 A34 34 0 0 1 994 652 V720Z','#8a3f4a'))
    wins=[(945,340,30),(945,430,30),(860,540,26),(947,540,26),(1034,540,26),(860,620,26),(1034,620,26),(730,470,26),(730,570,26),(1165,460,26),(1165,570,26),(632,545,20),(1272,540,20),(690,640,22),(760,640,22),(1130,640,22),(1210,640,22)]
    lit=[]
    for i,(x,y,w) in enumerate(wins):
        on=1 if t is None else min(1,max(0,(t*1.9-((i*7)%17)/17)*9))
        k.append(p(f'M{x} {y+w*1.7:.0f} V{y+w/2} A{w/2} {w/2} 0 0 1 {x+w} {y+w/2} V{y+w*1.7:.0f}Z','#241f55'))
        k.append(p(f'M{x} {y+w*1.7:.0f} V{y+w/2} A{w/2} {w/2} 0 0 1 {x+w} {y+w/2} V{y+w*1.7:.0f}Z','#ffd98a',f'opacity="{on:.2f}"'))
        lit.append((x+w/2,y+w*.85,on))
    for x,y,on in lit:
        if on>.02: k.append(c(x,y,60,'url(#lamp)',f'opacity="{.5*on:.2f}"'))
    b.append(g(k))
    b+=[p('M480 726 Q700 690 960 706 T1450 722 L1500 760 H420Z','#1a1746')]
    for x,h in [(470,120),(520,160),(560,110),(1360,150),(1410,190),(1462,130),(1510,90)]:
        b.append(p(f'M{x} {742-h} C{x+26} {742-h*.6:.0f} {x+28} {742-h*.2:.0f} {x+14} 744 H{x-14} C{x-28} {742-h*.2:.0f} {x-26} {742-h*.6:.0f} {x} {742-h}Z','#17143f'))
    # lake with reflection
    b.append(rect(0,740,1920,340,'url(#lake)'))
    b.append('<clipPath id="lk"><rect x="0" y="740" width="1920" height="340"/></clipPath>')
    b.append(g([g(k,'transform="matrix(1 0 0 -.62 0 1190)"')],'clip-path="url(#lk)" opacity=".28"'))
    for i in range(60):
        y=752+random.random()**1.4*310; w=random.uniform(20,120)*(1+(y-740)/260); x=random.choice([960,1310,random.uniform(300,1620)])+random.gauss(0,60)
        o=random.uniform(.12,.5); ph=random.uniform(0,6.28)
        if t is not None: x+=10*math.sin(ph+t*2*math.pi*2); o*=.7+.3*math.sin(ph*3+t*2*math.pi*3)
        b.append(rect(x-w/2,y,w,2.4,'#ffdca0',f'rx="1.2" opacity="{o:.2f}"'))
    # boat with two people and a lantern
    bob=0 if t is None else 3*math.sin(t*2*math.pi*2); bx=960 if t is None else 880+t*120
    b.append(g([el(0,34,150,10,'#ffc46a','opacity=".3"'),p('M-120 0 Q0 26 120 0 Q104 46 60 48 H-60 Q-104 46 -120 0Z','#120f33'),p('M-120 0 Q0 26 120 0 L116 8 Q0 34 -116 8Z','#8a4a5a'),
      c(-30,-58,15,'#120f33'),p('M-52 6 Q-54 -40 -30 -42 Q-8 -40 -4 8Z','#120f33'),c(26,-48,14,'#1c1644'),p('M12 -54 q16 -18 30 0 q6 26 -2 36 q-20 -8 -28 -36Z','#1c1644'),p('M4 8 Q2 -30 26 -34 Q50 -30 54 6Z','#d9647c'),st('M-14 -22 Q4 -14 16 -18','#120f33',9),
      rect(88,-52,4,56,'#120f33'),c(90,-54,70,'url(#lamp)'),rect(82,-66,16,22,'#ffe2a0','rx="4"')],f'transform="translate({bx:.1f} {900+bob:.1f}) scale(1.25)"'))
    # lanterns in the air
    for i in range(9):
        x=420+i*137+random.uniform(-40,40); y0=random.uniform(170,470); s=random.uniform(.5,1.1)
        y=y0 if t is None else y0+60-120*t; x+=0 if t is None else 14*math.sin(t*3+i)
        b.append(g([c(0,0,70,'url(#lamp)'),p('M-16 -22 Q0 -30 16 -22 L13 20 Q0 26 -13 20Z','#ffbf66'),p('M-13 20 Q0 26 13 20 L11 10 H-11Z','#fff0c0')],f'transform="translate({x:.1f} {y:.1f}) scale({s:.2f})" opacity=".92"'))
    return d,b

def bike(t):
    d=[lin('sky',[(0,'#ffb98a'),(1,'#ffe6c0')])]
    W=960
    b=[rect(0,0,960,540,'#ffdcb4'),rect(0,0,960,150,'#ffd0a0'),c(690,170,70,'#fff3d0')]
    def loop(L,draw,y,off): return g([draw(x) for x in range(-L,960+2*L,L)],f'transform="translate({-off%L:.1f} {y})"')
    b.append(loop(480,lambda x:p(f'M{x} 380 Q{x+120} 210 {x+240} 300 T{x+480} 380Z','#f2a58a'),-20,480*t))
    b.append(loop(240,lambda x:g([rect(x,300,70,90,'#e58a7a'),p(f'M{x-6} 300 L{x+35} 266 L{x+76} 300Z','#b9535a'),rect(x+90,270,54,120,'#f0b08a'),p(f'M{x+84} 270 L{x+117} 240 L{x+150} 270Z','#b9535a'),rect(x+16,322,14,22,'#8a4a5a'),rect(x+42,322,14,22,'#8a4a5a'),rect(x+106,296,14,24,'#8a4a5a'),rect(x+106,338,14,24,'#8a4a5a'),rect(x+196,344,8,50,'#6b4a4a'),c(x+200,330,32,'#5f9a6a')]),0,240*2*t))
    b+=[rect(0,388,960,152,'#5a4a62'),rect(0,388,960,10,'#f7e3c8')]
    b.append(loop(160,lambda x:rect(x,462,84,8,'#f7e3c8'),0,160*6*t))
    A=t*2*math.pi
    def wheel(x,y,r):
        o=[c(x,y,r,'none','stroke="#2b2233" stroke-width="9"'),c(x,y,r-9,'none','stroke="#fff3e0" stroke-width="4"')]
        for k in range(7):
            a=A+k*2*math.pi/7  # one turn shows 7 spokes; the loop closes
            o.append(st(f'M{x} {y} L{x+(r-9)*math.cos(a):.1f} {y+(r-9)*math.sin(a):.1f}','#fff3e0',2.4))
        return g(o+[c(x,y,7,'#2b2233')])
    y=430; bob=2*math.sin(2*A)
    bx,fx=390,590
    pa=A; cx,cy=478,428
    px,py=cx+30*math.cos(pa),cy+30*math.sin(pa); qx,qy=cx-30*math.cos(pa),cy-30*math.sin(pa)
    hip=(440,300+bob)
    def knee(foot):
        hx,hy=hip; dx,dy=foot[0]-hx,foot[1]-hy; D=math.hypot(dx,dy); L=84; h=math.sqrt(max(0,L*L-D*D/4)); return (hx+dx/2+h*dy/D, hy+dy/2-h*dx/D)
    k1,k2=knee((px,py-6)),knee((qx,qy-6))
    body=[el(490,506,150,10,'#3f3348'),st(f'M{hip[0]} {hip[1]} L{k2[0]:.1f} {k2[1]:.1f} L{qx:.1f} {qy-6:.1f} l14 4','#2b4a5a',22),wheel(bx,y,66),wheel(fx,y,66),
     st(f'M{bx} {y} L{cx} {cy} L562 340 L448 340 Z M448 340 L{cx} {cy} M440 322 L448 340 M558 312 L{fx} {y}','#d9434e',10),st('M424 318 h36','#2b2233',12),st('M558 312 q6 -14 26 -10','#2b2233',9),c(cx,cy,17,'none','stroke="#2b2233" stroke-width="6"'),st(f'M{px:.1f} {py:.1f} L{qx:.1f} {qy:.1f}','#2b2233',6),
     p('M566 330 h78 l-12 44 h-58Z','#c98c54'),st('M570 344 h68 M574 358 h60','#8a5a36',3),el(596,322,9,26,'#f0c27a','transform="rotate(30 596 322)"'),el(616,318,9,30,'#e8b060','transform="rotate(12 616 318)"'),c(634,322,13,'#6fae4a'),
     st(f'M{hip[0]} {hip[1]} L{k1[0]:.1f} {k1[1]:.1f} L{px:.1f} {py-6:.1f} l16 4','#34607a',24),
     p(f'M424 {306+bob:.1f} Q430 {226+bob:.1f} 486 {204+bob:.1f} Q520 {206+bob:.1f} 516 {236+bob:.1f} Q486 {270+bob:.1f} 466 {312+bob:.1f}Z','#f6b23c'),st(f'M496 {226+bob:.1f} Q520 {280+bob:.1f} 574 302','#e09a2a',17),c(576,302,9,'#e8a884'),
     c(514,176+bob,27,'#f0b894'),p(f'M486 {176+bob:.1f} Q480 {138+bob:.1f} 516 {140+bob:.1f} Q548 {142+bob:.1f} 544 {166+bob:.1f} Q514 {158+bob:.1f} 486 {176+bob:.1f}Z','#2fa7a0'),st(f'M488 {196+bob:.1f} q-30 {6+6*math.sin(A*2):.1f} -52 {-4+8*math.sin(A*2+1):.1f}','#6b3a2a',13),c(530,178+bob,3.5,'#2b2233'),
     st(f'M486 {212+bob:.1f} q-40 4 -66 {14+6*math.sin(A*3):.1f}','#d9434e',10)]
    b.append(g(body,'transform="translate(0 14)"'))
    b+=[rect(270,40,420,66,'#d9434e','rx="33"'),'<text x="480" y="86" font-family="Vollkorn" font-weight="600" font-size="40" fill="#fff6ea" text-anchor="middle">Vélos Ritournelle</text>']
    return d,b

def ease(x):
    x=min(1,max(0,x)); return x*x*(3-2*x)

if __name__=='__main__':
    out=sys.argv[1]+'/'
    for i in range(16): save(f'{out}bike-{i:02d}.svg',*bike(i/16),960,540)
    for i in range(100):
        d,b=castle(i/99)
        o=ease((i-58)/20)
        b.append(f'<g opacity="{o:.3f}" text-anchor="middle" font-family="Vollkorn" font-weight="500" fill="#fff3d6"><text x="960" y="{1046-12*o:.1f}" font-size="80">Château d’Ombreval</text></g>')
        save(f'{out}castle-{i:03d}.svg',d,b)
